import f from"../../kit/dist/107e07a56134f5d7.js";export const{id,ids,modules}=f([669,669]);
