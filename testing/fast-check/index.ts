// Arbitraries of fast-check for sagas (`sagastorm/fast-check`): fault plans, workloads and saga definitions.

export { type SimulateOptions, simulate } from '../simulate.ts';
export { type FaultPlanOptions, faultPlan } from './fault-plan.ts';
export { type Offer, type SagaDefinitionOptions, sagaDefinition } from './saga-definition.ts';
export { type Wish, type WorkloadOptions, withWorkload, workload } from './workload.ts';
