import f from"../../kit/dist/d4556a8da3d5d3f7.js";export const{id,ids,modules}=f([707,707,463,545,404,736]);
