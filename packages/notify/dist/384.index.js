import f from"../../kit/dist/a695f2193a12ebbc.js";export const{id,ids,modules}=f([384,3384,3339]);
