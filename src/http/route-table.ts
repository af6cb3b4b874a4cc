import type { FastifyInstance } from "fastify";

/** Says which methods a path has, so that a wrong method can be told from a wrong path. */
export type RouteTable = { readonly methodsOf: (path: string) => readonly string[] };

/** Watches the routes that are added from now on. */
export function watchRoutes(app: FastifyInstance): RouteTable {
  const routes: { readonly method: string; readonly parts: readonly string[] }[] = [];
  app.addHook("onRoute", ({ method, url }) => {
    for (const each of [method].flat()) routes.push({ method: each, parts: url.split("/") });
  });
  return {
    methodsOf(path) {
      const parts = path.split("/");
      return [...new Set(routes.filter((route) => matches(route.parts, parts)).map(({ method }) => method))].toSorted();
    },
  };
}

const matches = (pattern: readonly string[], parts: readonly string[]): boolean =>
  pattern.length === parts.length &&
  pattern.every((part, index) => part === parts[index] || (part.startsWith(":") && parts[index] !== ""));
