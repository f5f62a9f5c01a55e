/**
 * Runs the type checker on the page's modules and prints its errors.
 *
 * Properties are not checked: many classes take theirs from `Object.assign(this, parts)`, which the checker cannot follow.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const UNCHECKED = /^\S*assets\/vendor\/|error TS(2339|2551):/;
const run = spawnSync(`${folder}../clients/node_modules/.bin/tsc`, ["--project", folder], { encoding: "utf8" });
if (run.error) throw run.error;
const lines = (run.stdout + run.stderr).split("\n").filter((line) => line && !line.startsWith(" "));
const errors = lines.filter((line) => !UNCHECKED.test(line));
for (const line of errors) console.log(line);
process.exitCode = errors.length ? 1 : 0;
