export const trunkEndpoint = (id: string, number: string) => `PJSIP/${number}@trunk-${id}`;
