import * as path from 'node:path';
import * as vscode from 'vscode';
import { defaultFeatures } from '../../../../shared/config/defaultFeatures.ts';
import type { FeatureSpec } from '../../../../shared/config/schema.ts';
import type { Problem } from '../../../../shared/problem.ts';
import type { OpenedPicture, PictureConfig, PictureHost } from '../../../../shared/protocol/spectrogramPicture.ts';
import { mixedChannels } from '../../../../shared/protocol/spectrogramTiles.ts';
import { findExperiments, readExperiment } from '../../../services/experiments.ts';
import type { Services } from '../../../services/services.ts';
import type { Recording } from '../recording.ts';
import { ownConfig } from './ownConfig.ts';

/** What nearly every view shows first is looked at while its page is still being made. */
export async function preparePicture(recording: Recording, { runs }: Services): Promise<void> {
  const opened = recording.open();
  const { features } = await readFeatures(
    recording.uri,
    undefined,
    runs.list.map(({ configFile }) => configFile),
  );
  if ((await opened).readable) await recording.worker.preparePicture(mixedChannels, { kind: 'training', features });
}

/** Pictures of a recording; configs are read here, where the workspace is. `shown` is called with every answer. */
export function answerPictures(recording: Recording, { runs }: Services, shown: () => void): PictureHost {
  const { uri, worker } = recording;
  const usedConfigs = () => runs.list.map(({ configFile }) => configFile);
  return {
    async openPicture(channel, settings): Promise<OpenedPicture> {
      const [found] = await Promise.all([
        settings.kind === 'training' ? readFeatures(uri, settings.config, usedConfigs()) : undefined,
        recording.open(),
      ]);
      const request = settings.kind === 'free' ? settings : { kind: settings.kind, features: found!.features };
      const picture = await worker.openPicture(channel, request);
      setTimeout(shown, 0);
      return {
        ...picture,
        ...(found?.config ? { config: found.config } : {}),
        ...(found?.problem ? { problem: found.problem } : {}),
      };
    },
    spectrogramTile: (picture, level, index, whole) => worker.spectrogramTile(picture, level, index, whole),
    async pictureConfigs(): Promise<PictureConfig[]> {
      const own = (await findOwn(uri, usedConfigs()))?.fsPath;
      const listed = await Promise.all(
        (await findExperiments()).map(async (file) => ({
          ...{ config: nameOf(file), own: file.fsPath === own },
          name: (await readConfig(file))?.name ?? path.basename(file.fsPath),
        })),
      );
      return listed.sort((a, b) => Number(b.own) - Number(a.own));
    },
  };
}

interface FoundFeatures {
  features: FeatureSpec;
  config?: { config: string; name: string };
  problem?: Problem;
}

async function readFeatures(uri: vscode.Uri, chosen: string | undefined, used: string[]): Promise<FoundFeatures> {
  // Only what is among the workspace's own configs is read, whatever a view asks for.
  const file =
    chosen === undefined
      ? await findOwn(uri, used)
      : (await findExperiments()).find((candidate) => nameOf(candidate) === chosen);
  const missing = (message: string): FoundFeatures => ({
    features: defaultFeatures,
    problem: {
      code: 'features-default',
      severity: 'info',
      message: `${message}; the picture has the default features`,
    },
  });
  if (!file) return chosen === undefined ? { features: defaultFeatures } : missing(`${chosen} is not there any more`);
  const experiment = await readConfig(file);
  if (!experiment) return missing(`${nameOf(file)} has errors`);
  return { features: experiment.features, config: { config: nameOf(file), name: experiment.name } };
}

async function readConfig(file: vscode.Uri) {
  try {
    const { checkExperimentText } = await import('../../../services/experimentText.ts');
    return checkExperimentText(await readExperiment(file), file.fsPath).experiment;
  } catch {
    // Deleted or unreadable: as good as none.
    return undefined;
  }
}

const nameOf = (file: vscode.Uri): string => vscode.workspace.asRelativePath(file);

async function findOwn(uri: vscode.Uri, used: string[]): Promise<vscode.Uri | undefined> {
  const root = vscode.workspace.getWorkspaceFolder(uri)?.uri;
  if (!root) return undefined;
  const files = new Map<string, vscode.Uri>();
  const foldersUp: string[][] = [];
  for (let folder = vscode.Uri.joinPath(uri, '..'); ; folder = vscode.Uri.joinPath(folder, '..')) {
    const entries = await vscode.workspace.fs.readDirectory(folder).then(undefined, () => []);
    const configs = entries.map(([name]) => name).filter((name) => /\.asr\.ya?ml$/.test(name));
    for (const name of configs) {
      const file = vscode.Uri.joinPath(folder, name);
      files.set(file.fsPath, file);
    }
    foldersUp.push(configs.map((name) => vscode.Uri.joinPath(folder, name).fsPath));
    if (configs.length > 0 || folder.path === root.path || folder.path.length <= root.path.length) break;
  }
  const own = ownConfig(foldersUp, used);
  return own === undefined ? undefined : files.get(own);
}
