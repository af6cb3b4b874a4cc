import { z } from "zod";

export type Answer = { readonly status: number; readonly body: unknown };

/** Ringdown's HTTP interface as a customer with a key uses it; paths are below `/v1.0`. */
export type Api = {
  readonly base: string;
  readonly key: string;
  /** Any request, whatever becomes of it. */
  request(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  get(path: string): Promise<unknown>;
  /** Creates, and gives what was made; fails unless accepted. */
  post(path: string, body?: unknown): Promise<Created>;
  /** Every item of a list, page by page. */
  list(path: string): Promise<readonly Item[]>;
};

export type Item = z.infer<typeof itemSchema>;
export type Created = z.infer<typeof createdSchema>;

const itemSchema = z.looseObject({});
/** Anything that was made has an id. */
export const createdSchema = z.looseObject({ id: z.string() });
const pageSchema = z.object({ result: z.array(itemSchema), next_page_token: z.string().nullish() });

/** A client of the interface at `base`. */
export const apiOf = (base: string, key: string): Api => {
  const request: Api["request"] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${base}/v1.0${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") ?? false;
    return { status: response.status, body: isJson ? JSON.parse(text) : text };
  };
  const accepted = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await request(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const list = async (path: string, token?: string): Promise<readonly Item[]> => {
    const query = token === undefined ? "" : `${path.includes("?") ? "&" : "?"}page_token=${encodeURIComponent(token)}`;
    const page = pageSchema.parse(await accepted("GET", path + query));
    if (!page.next_page_token) return page.result;
    return [...page.result, ...(await list(path, page.next_page_token))];
  };
  return {
    base,
    key,
    request,
    get: (path) => accepted("GET", path),
    post: async (path, body) => createdSchema.parse(await accepted("POST", path, body)),
    list: (path) => list(path),
  };
};
