import f from"../../kit/dist/14d2d94d595c00f5.js";export const{id,ids,modules}=f([548,9548,669,2736]);
