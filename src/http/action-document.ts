import type { Action, ActionDocument } from "../model/action.ts";

/** An action as the API shows it. */
export const documentOf = (action: Action): ActionDocument => ({ ...action, option: { ...action.option } });
