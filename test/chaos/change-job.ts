/** The job of a change, once the API has accepted it. */
export interface ChangeJob {
  jobId: string;
  /** ms since the epoch. */
  acceptedAt: number;
  /** How its job ended, once that is known. `unknown`: with an unknown outcome. */
  end: 'completed' | 'failed' | 'unknown' | null;
}
