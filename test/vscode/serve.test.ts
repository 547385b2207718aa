import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { suite, test } from 'mocha';
import * as vscode from 'vscode';
import type { Server } from '../../src/extension/features/serve/servers.ts';
import { eventually } from '../eventually.ts';
import { writeRandomModel } from '../randomModel.ts';
import { workspaceFolder } from './support/workspace.ts';

suite('serving', () => {
  test('ASR: Serve Model starts a server that takes its token, and Stop Serving ends it', async function () {
    this.timeout(120_000);
    const model = path.join(workspaceFolder(), 'served.onnx');
    writeRandomModel(model);
    const server = await vscode.commands.executeCommand<Server | undefined>('asr.serveModel', vscode.Uri.file(model));
    assert.ok(server);
    const local = `http://127.0.0.1:${new URL(JSON.parse(fs.readFileSync(path.join(path.dirname(server.tokenFile), 'ready.json'), 'utf8')).url).port}`;
    assert.equal((await fetch(`${local}/v1/models`)).status, 401);
    assert.equal(fs.statSync(server.tokenFile).mode & 0o077, 0);
    const authorization = `Bearer ${fs.readFileSync(server.tokenFile, 'utf8')}`;
    const models = (await (await fetch(`${local}/v1/models`, { headers: { authorization } })).json()) as {
      data: { id: string }[];
    };
    assert.deepEqual(
      models.data.map(({ id }) => id),
      ['served'],
    );
    // The name that the window's own address has is one that the server is called by.
    const host = new URL(server.address).host;
    process.stdout.write(`served at ${server.address}\n`);
    assert.ok(host.length > 0);
    assert.deepEqual(
      vscode.tasks.taskExecutions.map(({ task }) => task.name),
      ['serve served.onnx'],
    );
    // Once more shows the same server.
    assert.deepEqual(await vscode.commands.executeCommand('asr.serveModel', model), server);
    await vscode.commands.executeCommand('asr.stopServing');
    await assert.rejects(fetch(`${local}/health`));
    await eventually('the end of the task', () => (vscode.tasks.taskExecutions.length === 0 ? true : undefined));
    assert.ok(!fs.existsSync(server.tokenFile));
  });
});
