import { decideOpsReport, listOpsReports } from '#shared/contracts/messaging/ops-reports.ts';
import { dismissReports, listDialogReports, reportMessage } from '#shared/contracts/messaging/reports.ts';
import { type Route, handle } from '#shared/http/call.ts';
import type { Moderation } from './moderation.ts';

/** The HTTP calls by which messages are reported, and admins or the platform's reviewers decide on them. */
export function moderationRoutes(moderation: Moderation): Route[] {
  return [
    handle(reportMessage, async ({ caller, params, body }) => {
      await moderation.reportMessage(caller, params.id, body?.reason ?? '');
      return { status: 204, body: undefined };
    }),
    handle(listDialogReports, async ({ caller, params, query }) => ({
      status: 200,
      body: await moderation.listReports(caller, params.id, query),
    })),
    handle(dismissReports, async ({ caller, params }) => {
      await moderation.dismissReports(caller, params.id);
      return { status: 204, body: undefined };
    }),
    handle(listOpsReports, async ({ caller, query }) => ({
      status: 200,
      body: await moderation.listReportsForOps(caller, query),
    })),
    handle(decideOpsReport, async ({ caller, params, body }) => {
      await moderation.decideForOps(caller, params.id, body.decision);
      return { status: 204, body: undefined };
    }),
  ];
}
