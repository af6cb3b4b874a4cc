import { z } from "zod";

/** What a resource that ends by itself says of the flow that follows it. */
export const onEndFields = {
  on_end_flow_id: z.uuid().nullable().default(null).describe("Flow that runs, once, when it has ended."),
  on_end_activeflow_id: z.uuid().nullable().default(null).describe("The run of that flow; made when it has ended."),
};
