// Participants for real: over HTTP, each with a file of its own.

export { type BookedRequest, type BookPage, bookOfFile } from './book-page.ts';
export {
  type ChaosDecider,
  type ChaosFate,
  type ChaosKnobs,
  ChaosPanel,
  type Crash,
  knobsFrom,
} from './chaos.ts';
export { DurableParticipant, type DurableParticipantParts, NotKept } from './durable-participant.ts';
export {
  type FiledCall,
  type FiledEntry,
  type ReadParticipant,
  type ReadParticipantOptions,
  readParticipantFile,
} from './file-reader.ts';
export { dialectOf, KNOWN_SERVICES, type KnownService, knownService } from './known-services.ts';
export { type ParticipantApp, type ParticipantAppParts, participantApp } from './participant-app.ts';
export {
  PLAIN_PREFIX,
  type PlainAnswer,
  type PlainDialect,
  type PlainManner,
  type PlainRequest,
} from './plain-desk.ts';
export type { MachineAnswer, MachineRequest, RestartRequest } from './replayed-machine.ts';
export { type ServedParticipant, type ServeParticipantOptions, serveParticipant } from './server.ts';
