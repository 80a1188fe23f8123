import f from"../../kit/dist/4c746349d0bb1bfa.js";export const{id,ids,modules}=f([134,2134,3024,2736,369,103,8103]);
