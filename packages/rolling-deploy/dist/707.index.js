import f from"../../kit/dist/d4556a8da3d5d3f7.js";export const{id,ids,modules}=f([707,7707,9463,545,6404,2736]);
