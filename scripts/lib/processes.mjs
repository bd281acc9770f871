import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** @param {number} pid */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** @param {number} pid */
function isZombie(pid) {
  return statOf(pid)[0] === 'Z';
}

/**
 * The fields of /proc/PID/stat from the state on; empty if there is no /proc.
 * @param {number} pid
 */
function statOf(pid) {
  const stat = read(`/proc/${pid}/stat`);
  // The command's name, in parentheses, may contain spaces.
  return stat === undefined ? [] : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** @param {number} pid @returns {number} 0 if there is no such process */
export function parentOf(pid) {
  return Number(statOf(pid)[1] ?? ps(pid, 'ppid'));
}

/**
 * The start time of a process, as text that differs for a later process with the same pid. Empty if there is none.
 * @param {number} pid
 */
export function startOf(pid) {
  return statOf(pid)[19] ?? ps(pid, 'lstart');
}

/** @param {number} pid */
export function commandOf(pid) {
  return read(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ') ?? ps(pid, 'command');
}

/** For systems without /proc, such as macOS. @param {number} pid @param {string} column */
function ps(pid, column) {
  const result = spawnSync('ps', ['-p', String(pid), '-o', `${column}=`], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  return result.status === 0 ? result.stdout.trim() : '';
}

/**
 * Sends SIGTERM, then SIGKILL after `graceMs`; resolves once the process has ended.
 * @param {number} pid @param {number} graceMs
 */
export async function endProcess(pid, graceMs) {
  const deadline = Date.now() + graceMs;
  signal(pid, 'SIGTERM');
  while (isAlive(pid)) {
    if (Date.now() > deadline) signal(pid, 'SIGKILL');
    await delay(25);
  }
}

/** @param {number} pid @param {NodeJS.Signals} name */
function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch {
    // It has already ended.
  }
}
