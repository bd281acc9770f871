import { RUSSIAN, translate, type Locale } from '@gateway/texts';
import type { Command } from 'commander';
import { sayIn } from './language.ts';

const KNOWN: Readonly<Record<string, string>> = RUSSIAN;

/** Where help and usage errors are written. */
interface Writers {
  out: (text: string) => void;
  err: (text: string) => void;
}

/** Shows usage errors in a language. Makes commander throw in place of ending the process. */
export function writeUsage(command: Command, language: Locale, write: Writers): void {
  command.exitOverride();
  command.configureOutput({
    writeOut: write.out,
    writeErr: write.err,
    outputError: (message, print) => print(usageError(message, language) + hintAt(command, language)),
  });
  for (const each of command.commands) writeUsage(each, language, write);
}

/** Puts the help of a command, and of those below it, into a language. */
export function translateHelp(command: Command, language: Locale): void {
  if (language === 'en') return;
  const say = (english: string) => inLanguage(english, language);
  command.description(say(command.description()));
  command.helpOption('-h, --help', say('display help for command'));
  if (command.commands.length > 0) command.helpCommand('help [command]', say('display help for command'));
  for (const option of command.options) option.description = say(option.description);
  command.configureHelp({ styleTitle: say });
  for (const each of command.commands) translateHelp(each, language);
}

/** A sentence of the help; one that the catalogue lacks stays English. */
export function inLanguage(english: string, language: Locale): string {
  return language === 'en' ? english : (KNOWN[english] ?? english);
}

/** A line that names the command that shows how. */
function hintAt(command: Command, language: Locale): string {
  const names: string[] = [];
  for (let each: Command | null = command; each !== null; each = each.parent) names.unshift(each.name());
  return `${sayIn(language)('(more: {command} --help)', { command: names.join(' ') })}\n`;
}

/** Commander's own message: `error: unknown option '--x'`, and perhaps a suggestion in a line of its own. */
function usageError(message: string, language: Locale): string {
  return message
    .split('\n')
    .map((line) => translate(line, language))
    .join('\n');
}
