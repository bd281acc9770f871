import { describe, expect, test } from 'vitest';
import { parseFormatted } from '../parse-formatted.ts';
import { formatReply } from '../reply/format-reply.ts';
import { shown } from '../testing/shown.ts';

const READERS = {
  'a person': (source: string) => shown(parseFormatted(source, 'markdown')),
  'a model': (source: string) => shown(formatReply(source)),
};

describe.each(Object.entries(READERS))('formatting next to a script without spaces: %s', (_who, read) => {
  test.each([
    ['**重要：**请注意', '[bold:重要：]请注意'],
    ['これは**「重要なこと」**です。', 'これは[bold:「重要なこと」]です。'],
    ['문서를 **마크다운(Markdown)**을', '문서를 [bold:마크다운(Markdown)]을'],
    ['请看*（说明）*再做', '请看[italic:（说明）]再做'],
    ['他说**“你好”**然后走了', '他说[bold:“你好”]然后走了'],
    ['价格~~100元。~~现在50元', '价格[strikethrough:100元。]现在50元'],
    ['**100%**的人', '[bold:100%]的人'],
    ['请用**`npm`**安装', '请用[code:npm]安装'],
    ['**重要🔥**请注意', '[bold:重要🔥]请注意'],
    ['好**👍很好！**吗', '好[bold:👍很好！]吗'],
    ['**[链接](https://x.org)**后面', '[text_link(https://x.org):[bold:链接]]后面'],
    ['***重要：***请', '[bold:[italic:重要：]]请'],
    ['__重要：__请注意', '[bold:重要：]请注意'],
    ['これは_「重要」_です', 'これは[italic:「重要」]です'],
    ['**𠮷野家！**は', '[bold:𠮷野家！]は'],
    ['**葛\u{e0100}！**葛', '[bold:葛\u{e0100}！]葛'],
    ['**ﾊﾝｶｸ｡**ﾃﾞｽ', '[bold:ﾊﾝｶｸ｡]ﾃﾞｽ'],
    ['**全角！**ＡＢＣ', '[bold:全角！]ＡＢＣ'],
    ['**สำคัญ:**โปรดอ่าน', '[bold:สำคัญ:]โปรดอ่าน'],
    ['数据_备份_2024', '数据_备份_2024'],
    ['报告_最终_版', '报告_最终_版'],
    ['a **b** c', 'a [bold:b] c'],
  ])('%j is %j', (source, expected) => {
    expect(read(source)).toBe(expected);
  });
});

test('a spoiler works next to such a script too', () => {
  expect(shown(parseFormatted('答案是||「四十二」||哦', 'markdown'))).toBe('答案是[spoiler:「四十二」]哦');
});
