import f from"../../kit/dist/13767890fda720a8.js";export const{id,ids,modules}=f([414,2414,3915,2736,6387,3384]);
