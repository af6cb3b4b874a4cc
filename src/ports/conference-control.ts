/** What a request from outside may ask about conferences. Whose they are has been checked before. */
export interface ConferenceControl {
  /** Tells of a conference that was made, or whose timeout was changed. */
  changed(conferenceId: string): Promise<void>;
  /** Lets everybody go and closes it; resolves when that is done. Nothing when it has ended, or belongs to a conference. */
  end(confbridgeId: string): Promise<void>;
  /** Takes a call out; resolves when it is. Nothing when it is out already. */
  kick(conferencecallId: string): Promise<void>;
  /** Whether the others hear it, until it leaves. */
  setMuted(conferencecallId: string, muted: boolean): Promise<void>;
}
