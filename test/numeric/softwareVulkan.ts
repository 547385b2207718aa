import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const chromium = '/usr/lib/chromium';

/**
 * Environment in which WebGPU finds SwiftShader, the Vulkan device in software that comes with Debian's Chromium: slow,
 * but a real device. Throws where Chromium is missing; `node scripts/setup.mjs test` installs it.
 */
export function softwareVulkan(): Record<string, string> {
  const driver = join(chromium, 'vk_swiftshader_icd.json');
  if (!existsSync(driver)) throw new Error(`${driver} is missing; run node scripts/setup.mjs test`);
  return {
    VK_ICD_FILENAMES: driver,
    // Chromium brings the Vulkan loader too.
    LD_LIBRARY_PATH: chromium,
    XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? mkdtempSync(join(tmpdir(), 'asr-vulkan-')),
  };
}
