import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { renderPage, type WebviewPage } from './renderPage.ts';

/**
 * The only place that writes html. The page loads one script and nothing else: data reaches it over the channel, so
 * nothing a file name or a transcript contains can become markup. The form controls need inline styles.
 */
export function showWebviewPage(webview: vscode.Webview, extensionUri: vscode.Uri, page: WebviewPage): void {
  const dist = vscode.Uri.joinPath(extensionUri, 'dist');
  webview.options = { enableScripts: true, enableForms: false, localResourceRoots: [dist] };
  const nonce = randomBytes(18).toString('base64');
  const uriOf = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(dist, file)).toString();
  webview.html = renderPage(page, nonce, webview.cspSource, uriOf, vscode.env.language);
}
