export const healthStatus = () => 200;
