import f from"../../kit/dist/4c746349d0bb1bfa.js";export const{id,ids,modules}=f([134,134,24,736,750,103,103]);
