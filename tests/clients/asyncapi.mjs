// Reads an AsyncAPI document on stdin and prints what AsyncAPI's own parser says of it.
import asyncapi from "@asyncapi/parser";
import { readFileSync } from "node:fs";

const { document, diagnostics } = await new asyncapi.Parser().parse(readFileSync(0, "utf8"));
const said = diagnostics.map(({ severity, message, path }) => ({ severity, message, path: path.join(".") }));
const operations = document ? document.operations().all().map((each) => [each.id(), each.messages().all().length]) : [];
console.log(JSON.stringify({ valid: document !== undefined, diagnostics: said, operations: Object.fromEntries(operations) }));
