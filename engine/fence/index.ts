// The kit for people who write participants (`sagastorm/fence`).

export * from './fence.ts';
export * from './service.ts';
