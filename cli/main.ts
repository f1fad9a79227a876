#!/usr/bin/env node
// The command line's first file. Imports nothing before it knows that this Node can load the rest, and has Node keep what
// it compiles: the next command starts in half the time.

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `sagastorm: Node ${process.versions.node} is too old; version 22.18 or a later one is needed.\n`,
  );
  process.exitCode = 64;
} else {
  const { enableCompileCache } = await import('node:module');
  const { directory } = enableCompileCache();
  if (directory !== undefined) process.env.NODE_COMPILE_CACHE ||= directory; // for threads and processes of this one
  const { program } = await import('./program.ts');
  process.exitCode = await program(process.argv.slice(2));
}

export {};
