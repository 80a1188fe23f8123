import f from"../../kit/dist/19a569cf583387ea.js";export const{id,ids,modules}=f([829,4829,2203]);
