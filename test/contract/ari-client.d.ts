/** The part of the older client that the comparison uses; its own package has no types. */
declare module "ari-client" {
  export type Operations = Readonly<Record<string, Readonly<Record<string, (parameters: object) => Promise<unknown>>>>>;
  export const connect: (url: string, username: string, password: string) => Promise<Operations>;
}
