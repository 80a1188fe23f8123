import f from"../../kit/dist/d33326b59ae7b277.js";export const{id,ids,modules}=f([387,6387]);
