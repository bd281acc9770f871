import { createRequire } from 'node:module';
import bigInt from 'big-integer';
