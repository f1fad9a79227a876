// Choreographed sagas: services that react to one another's events (`sagastorm/choreography`).

export { defineChoreography } from './choreography.ts';
export { choreographyOf } from './derived.ts';
export { DEAD_LETTER_US, deliveryOf, eventBus, type Handled } from './event-bus.ts';
export { Inbox, type InboxOptions, Remembered, type StepStanding } from './inbox.ts';
export type {
  Choreography,
  ChoreographySpec,
  Condition,
  EventData,
  EventShape,
  PublishedEvent,
  Reaction,
} from './reaction.ts';
export { ReactiveService } from './reactive-service.ts';
