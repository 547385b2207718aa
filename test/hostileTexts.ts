/** 200 texts that would do something, were they ever taken for html: set `hurt`, open a dialog, or ask for a file. */
export const hostileTexts: readonly string[] = vectors().flatMap((vector) =>
  breakers().map((breaker) => breaker + vector),
);

/** Ways out of where a text may have been put. */
function breakers(): string[] {
  return ['', '">', "'>", '-->', '</textarea>', '</title></style></script>', ']]>', '`-->\n'];
}

function vectors(): string[] {
  const act = 'hurt=1';
  return [
    `<script>${act}</script>`,
    `<img src=x onerror=${act}>`,
    `<img src="http://evil.invalid/a.png">`,
    `<svg onload=${act}>`,
    `<svg><animate onbegin=${act} attributeName=x dur=1s>`,
    `<svg><use href="data:image/svg+xml,<svg id=a xmlns='http://www.w3.org/2000/svg'><image href=x onerror=${act} /></svg>#a">`,
    `<iframe srcdoc="<script>parent.${act}</script>">`,
    `<iframe src="javascript:parent.${act}">`,
    `<object data="javascript:${act}">`,
    `<embed src="http://evil.invalid/b">`,
    `<video><source onerror=${act}></video>`,
    `<audio src=x onerror=${act}>`,
    `<details open ontoggle=${act}>`,
    `<body onload=${act}>`,
    `<input autofocus onfocus=${act}>`,
    `<style>@import "http://evil.invalid/c.css";*{background:url(http://evil.invalid/d)}</style>`,
    `<link rel=stylesheet href="http://evil.invalid/e.css">`,
    `<meta http-equiv=refresh content="0;url=http://evil.invalid/f">`,
    `<base href="http://evil.invalid/">`,
    `<math><mtext><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=${act}&gt;">`,
    `<form action="javascript:${act}"><button autofocus>x`,
    `<a href="javascript:${act}" style="position:fixed;inset:0">x</a>`,
    `<template><script>${act}</script></template><marquee onstart=${act}>`,
    `<x onpointerover=alert(1) style="animation:a">`,
    `&lt;script&gt;alert(1)&lt;/script&gt;&#60;img src=x onerror=prompt(1)&#62;`,
  ];
}
