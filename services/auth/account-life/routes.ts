import {
  appealSuspension,
  deleteAccount as deleteAccountCall,
  deleteUser as deleteUserCall,
  listAppeals as listAppealsCall,
  listHeldErasures as listHeldErasuresCall,
  readAccount as readAccountCall,
  reinstateUser as reinstateUserCall,
  rejectAppeal as rejectAppealCall,
  suspendUser as suspendUserCall,
} from '#shared/contracts/auth/account-life.ts';
import {
  cancelPrivacyRequest,
  downloadExport as downloadExportCall,
  readPrivacyRequest,
  requestErasure as requestErasureCall,
  requestExport as requestExportCall,
} from '#shared/contracts/auth/privacy.ts';
import {
  decideUserReport as decideUserReportCall,
  listUserReports as listUserReportsCall,
} from '#shared/contracts/auth/user-reports.ts';
import { listAudit } from '#shared/contracts/auth/audit.ts';
import { handle, type Route } from '#shared/http/call.ts';
import type { AuditTrail } from '../audit/ports.ts';
import { readAudit } from '../audit/read-audit.ts';
import type { Budgets } from '../ports.ts';
import { downloadExport } from '../privacy/download-export.ts';
import { listHeldErasures } from '../privacy/held-erasures.ts';
import type { PrivacyPorts } from '../privacy/ports.ts';
import { readRequest } from '../privacy/read-request.ts';
import { cancelRequest, requestErasure } from '../privacy/request-erasure.ts';
import { requestExport } from '../privacy/request-export.ts';
import type { SpendCodePorts } from '../spend-code.ts';
import { listAppeals, makeAppeal, rejectAppeal } from './appeal.ts';
import { deleteAccount, deleteUser } from './delete-account.ts';
import { readAccount } from './read-account.ts';
import { reinstateUser } from './reinstate-user.ts';
import { suspendUser } from './suspend-user.ts';
import { decideUserReport, listUserReports } from './user-reports.ts';

export type AccountLifePorts = PrivacyPorts &
  SpendCodePorts & {
    readonly trail: AuditTrail;
    readonly budgets: Budgets;
    /** Multiplies the budget of exports: 1, or 1,000 where RATE_LIMITS is relaxed. */
    readonly budgetFactor: number;
  };

/** How accounts end and come back, what people may ask for about their data, and what ops and auditors see of it. */
export function accountLifeRoutes(ports: AccountLifePorts): Route[] {
  return [...ownRoutes(ports), ...opsRoutes(ports)];
}

function ownRoutes(ports: AccountLifePorts): Route[] {
  return [
    handle(deleteAccountCall, async ({ caller, facts }) => ({
      status: 202,
      body: await deleteAccount(ports, caller, facts.headers['step-up']),
    })),
    handle(appealSuspension, async ({ body }) => {
      const { phone_number: phoneNumber, country_code: country, otp_code: code, statement } = body;
      await makeAppeal(ports, { phoneNumber, country, code, statement });
      return { status: 202, body: { message: 'Someone will look at it' } };
    }),
    handle(requestExportCall, async ({ caller }) => ({ status: 202, body: await requestExport(ports, caller) })),
    handle(requestErasureCall, async ({ caller, facts }) => ({
      status: 202,
      body: await requestErasure(ports, caller, facts.headers['step-up']),
    })),
    handle(readPrivacyRequest, async ({ caller, params }) => ({
      status: 200,
      body: await readRequest(ports.databases, caller, params.id),
    })),
    handle(cancelPrivacyRequest, async ({ caller, params }) => ({
      status: 200,
      body: await cancelRequest(ports, caller, params.id),
    })),
    handle(downloadExportCall, async ({ caller, params }) => ({
      status: 200,
      ...(await downloadExport(ports, caller, params.id)),
    })),
  ];
}

function opsRoutes(ports: AccountLifePorts): Route[] {
  return [
    handle(readAccountCall, async ({ caller, params }) => ({
      status: 200,
      body: await readAccount(ports, caller, params.id),
    })),
    handle(suspendUserCall, async ({ caller, params, body }) => ({
      status: 200,
      body: await suspendUser(ports, caller, params.id, body?.reason),
    })),
    handle(reinstateUserCall, async ({ caller, params, body }) => ({
      status: 200,
      body: await reinstateUser(ports, caller, params.id, body.reason),
    })),
    handle(deleteUserCall, async ({ caller, params, body }) => ({
      status: 202,
      body: await deleteUser(ports, caller, params.id, body.reason),
    })),
    handle(listAudit, async ({ caller, query }) => ({ status: 200, body: await readAudit(ports, caller, query) })),
    handle(listAppealsCall, async ({ caller, query }) => ({
      status: 200,
      body: await listAppeals(ports, caller, query),
    })),
    handle(listHeldErasuresCall, async ({ caller, query }) => ({
      status: 200,
      body: await listHeldErasures(ports, caller, query),
    })),
    handle(rejectAppealCall, async ({ caller, params, body }) => {
      await rejectAppeal(ports, caller, params.id, body.reason);
      return { status: 204, body: undefined };
    }),
    handle(listUserReportsCall, async ({ caller, query }) => ({
      status: 200,
      body: await listUserReports(ports, caller, query),
    })),
    handle(decideUserReportCall, async ({ caller, params, body }) => {
      await decideUserReport(ports, caller, params.id, body.decision);
      return { status: 204, body: undefined };
    }),
  ];
}
