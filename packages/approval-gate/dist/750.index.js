import f from"../../kit/dist/0ecf3f86452757ea.js";export const{id,ids,modules}=f([750,660,463,545,404,318]);
