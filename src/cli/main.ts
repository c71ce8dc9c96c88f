#!/usr/bin/env node
import { listenForInterruption } from "./interruption";
import { invoke } from "./invoke";

void invoke(process.argv.slice(2), listenForInterruption());
