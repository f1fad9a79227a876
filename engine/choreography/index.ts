// Choreographed sagas: services that react to one another's events (`sagastorm/choreography`).

export {
  type Choreography,
  type ChoreographySpec,
  type Condition,
  defineChoreography,
  type EventData,
  type EventShape,
  type PublishedEvent,
  type Reaction,
} from './choreography.ts';
export { choreographyOf } from './derived.ts';
export { DEAD_LETTER_US, deliveryOf, eventBus, type Handled } from './event-bus.ts';
export { Inbox, type InboxOptions, Remembered, type StepStanding } from './inbox.ts';
export { ReactiveService } from './reactive-service.ts';
