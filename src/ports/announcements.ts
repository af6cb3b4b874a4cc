/** What somebody outside may want to know of at once. */
export const announcedResources = [
  "call",
  "groupcall",
  "activeflow",
  "conference",
  "confbridge",
  "conferencecall",
  "queuecall",
  "agent",
  "message",
  "conversation",
  "recording",
  "transcribe",
  "transcript",
  "chatbotcall",
  "flow",
  "number",
  "extension",
  "trunk",
  "tag",
  "queue",
  "chatbot",
] as const;
export type AnnouncedResource = (typeof announcedResources)[number];

/** Something has changed, and is stored. */
export type Announcement = {
  readonly resource: AnnouncedResource;
  /** As in `call_hangup`: the resource, and what became of it. */
  readonly type: string;
  /** As it was stored then: what only we need included. */
  readonly stored: { readonly id: string; readonly customer_id: string };
};

/** Tells what changes, in the order in which it was stored. */
export interface Announcements {
  /** Until the result is called. */
  hear(listener: (announcement: Announcement) => void): () => void;
}
