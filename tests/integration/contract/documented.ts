import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import type { OpenApiDocument, Operation } from '#gateway/openapi/document.ts';
import type { Call } from '#shared/http/call.ts';
import type { Answer } from '#tests/integration/gateway/call-at.ts';

/** Something to resolve the document's references against. */
const BASE = 'http://tchat.test/openapi.json';

/** Holds what is sent and answered to the document that the gateway serves. */
export function makeDocumented(document: OpenApiDocument) {
  // Keywords of OpenAPI beside those of JSON Schema are none that validate; formats are described, not checked.
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: BASE, ...document });

  const compiled = new Map<string, ValidateFunction>();

  function at(...path: string[]): ValidateFunction {
    const pointer = path.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const validate = compiled.get(pointer) ?? ajv.compile({ $ref: `${BASE}#/${pointer}` });
    compiled.set(pointer, validate);
    return validate;
  }

  const operationOf = (call: Call): Operation | undefined => document.paths[call.path]?.[call.method.toLowerCase()];

  return {
    document,
    operationOf,

    /** Whether a call takes this body, as far as the document tells. */
    takes(call: Call, body: unknown): boolean {
      const path = ['paths', call.path, call.method.toLowerCase(), 'requestBody', 'content', 'application/json'];
      return at(...path, 'schema')(body);
    },

    /** Fails unless the document tells of an answer with this status and this body. */
    expectTold(call: Call, { status, headers, body }: Answer): void {
      const told = operationOf(call)?.responses[status] as { readonly $ref?: string; readonly content?: object };
      expect(told, `${call.name} answers ${status} ${JSON.stringify(body)}, which is not documented`).toBeDefined();
      const own = ['paths', call.path, call.method.toLowerCase(), 'responses', String(status)];
      const place = told.$ref?.slice('#/'.length).split('/') ?? own;
      // A file is told as such, not described.
      if (told.content !== undefined && '*/*' in told.content) return;
      const type = headers.get('content-type');
      if (type === null) return expect([call.name, told.content]).toEqual([call.name, undefined]);
      const validate = at(...place, 'content', type, 'schema');
      expect([validate(body), validate.errors], `${call.name} ${status}`).toEqual([true, null]);
    },
  };
}
