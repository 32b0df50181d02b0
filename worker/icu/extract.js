// Copies a symbol's bytes out of an ELF file: node extract.js FILE SYMBOL TARGET.
// A node binary holds ICU's whole data file under one symbol. The file as such is in no package.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const [file, wanted, target] = process.argv.slice(2);
const elf = fs.readFileSync(file);
const SYMBOL_TABLE = 2;
const SYMBOL_BYTES = 24;
const number = (at) => Number(elf.readBigUInt64LE(at));

const sections = [];
const sectionBytes = elf.readUInt16LE(0x3a);
for (let i = 0, at = number(0x28); i < elf.readUInt16LE(0x3c); i++, at += sectionBytes) {
  sections.push({ type: elf.readUInt32LE(at + 4), address: number(at + 16), offset: number(at + 24), size: number(at + 32), link: elf.readUInt32LE(at + 40) });
}

function find() {
  for (const table of sections.filter((section) => section.type === SYMBOL_TABLE)) {
    const names = sections[table.link];
    for (let at = table.offset; at < table.offset + table.size; at += SYMBOL_BYTES) {
      const name = names.offset + elf.readUInt32LE(at);
      const size = number(at + 16);
      if (size === 0 || elf.toString('latin1', name, name + wanted.length + 1) !== `${wanted}\0`) continue;
      const section = sections[elf.readUInt16LE(at + 6)];
      const start = section.offset + number(at + 8) - section.address;
      return elf.subarray(start, start + size);
    }
  }
  throw new Error(`${file} has no symbol ${wanted}`);
}

const data = find();
// udata.h: the two magic bytes, and the format of a package of data.
if (data.readUInt16BE(2) !== 0xda27 || data.toString('latin1', 12, 16) !== 'CmnD') throw new Error(`${wanted} is no data of ICU`);
fs.mkdirSync(path.dirname(target), { recursive: true });
fs.writeFileSync(target, data);
