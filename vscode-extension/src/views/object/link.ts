import type {
  Followed,
  FollowedArguments,
  InspectArguments,
  ObjectInfo,
  ReferrerPage,
  ReferrersArguments,
  SourceLocation,
} from '../../shared/protocol';

/** What the Object view asks of a stopped program. Every promise may be rejected with a message for the user. */
export interface MemoryLink {
  inspect(question: InspectArguments): Promise<ObjectInfo>;
  referrers(question: ReferrersArguments): Promise<ReferrerPage>;
  followed(question: FollowedArguments): Promise<Followed>;
  unfollow(follow: number): Promise<unknown>;
  /** The innermost frame of the thread that stopped. */
  topFrame(): Promise<number | undefined>;
  /** Where a frame of the current stop is. */
  frameLocation(frameId: number): Promise<SourceLocation | undefined>;
}
