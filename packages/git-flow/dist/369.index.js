import f from"../../kit/dist/0ecf3f86452757ea.js";export const{id,ids,modules}=f([369,660,9463,545,6404,5318]);
