// The code editor, loaded on the pages that have one. It needs no eval and no blob: its workers are files of ours.
import { editor, KeyCode, KeyMod, MarkerSeverity, Uri } from 'monaco-editor/editor';
import 'monaco-editor/features/register.all';
import 'monaco-editor/languages/definitions/javascript/register';
import { javascriptDefaults } from 'monaco-editor/languages/features/typescript/register';

// "return" and "await" at the top belong to a script in the form of a function's body.
const OF_BODIES = [1108, 1375, 1378];
const OPTIONS = {
  fontFamily: '"JetBrains Mono", ui-monospace, Menlo, Consolas, monospace', fontSize: 13, lineHeight: 22, fontLigatures: false,
  minimap: { enabled: false }, wordWrap: 'off', fixedOverflowWidgets: true, stickyScroll: { enabled: false }, scrollBeyondLastLine: false,
  automaticLayout: true, tabSize: 2, padding: { top: 12, bottom: 12 }, renderLineHighlight: 'line', scrollbar: { alwaysConsumeMouseWheel: false },
};

const dark = matchMedia('(prefers-color-scheme: dark)');
const forced = matchMedia('(forced-colors: active)');

function define(name, base, colours) {
  const { keyword, string, number, call, comment, text, surface, line, added, removed } = colours;
  editor.defineTheme(name, {
    base,
    inherit: true,
    rules: [
      { token: '', foreground: text },
      { token: 'keyword', foreground: keyword }, { token: 'string', foreground: string }, { token: 'number', foreground: number },
      { token: 'regexp', foreground: string }, { token: 'comment', foreground: comment }, { token: 'type', foreground: call },
    ],
    colors: {
      'editor.background': `#${surface}`, 'editor.foreground': `#${text}`, 'editorLineNumber.foreground': `#${comment}`, 'editorLineNumber.activeForeground': `#${text}`,
      'editor.lineHighlightBackground': `#${line}`, 'editor.lineHighlightBorder': '#00000000', 'editorGutter.background': `#${surface}`,
      'diffEditor.insertedLineBackground': `#${added}`, 'diffEditor.removedLineBackground': `#${removed}`, 'diffEditor.insertedTextBackground': '#15703d26', 'diffEditor.removedTextBackground': '#ba1e2326',
    },
  });
}

define('sandbox-light', 'vs', { keyword: '733ea4', string: '296a3b', number: '9b4e1a', call: '125a98', comment: '6b6963', text: '201e19', surface: 'ffffff', line: 'f6f4f1', added: 'dcf9e5', removed: 'fdedec' });
define('sandbox-dark', 'vs-dark', { keyword: 'cba9f3', string: '8ed09c', number: 'f1b27e', call: '8fc4f1', comment: '96938f', text: 'ebe9e6', surface: '161513', line: '1d1c19', added: '0e2919', removed: '371b1a' });

function theme() {
  const chosen = document.documentElement.dataset.theme;
  const isDark = chosen === 'system' ? dark.matches : chosen === 'dark';
  if (forced.matches) return isDark ? 'hc-black' : 'hc-light';
  return isDark ? 'sandbox-dark' : 'sandbox-light';
}

document.addEventListener('theme', () => editor.setTheme(theme()));
for (const query of [dark, forced]) query.addEventListener('change', () => editor.setTheme(theme()));

/** Where the workers are: to be called before anything is opened. */
export function workers({ editorWorker, languageWorker }) {
  self.MonacoEnvironment = { getWorker: (_, language) => new Worker(language === 'javascript' || language === 'typescript' ? languageWorker : editorWorker) };
}

/** Shows a source that is only read: coloured, without the language service. */
export function read({ holder, text, label }) {
  javascriptDefaults.setModeConfiguration({});
  editor.create(holder, { ...OPTIONS, value: text, language: 'javascript', theme: theme(), readOnly: true, domReadOnly: true, ariaLabel: label });
}

/**
 * Opens an editor in an element.
 * @param {{holder: HTMLElement, text: string, label: string, kind: string, types: string, editorWorker: string, languageWorker: string}} given
 */
export function open({ holder, text, label, kind, types, editorWorker, languageWorker }) {
  workers({ editorWorker, languageWorker });
  javascriptDefaults.setCompilerOptions({ target: 99, allowNonTsExtensions: true, allowJs: true, checkJs: true, lib: ['esnext'] });
  const trigger = { scheduled: 'cron', http: 'http', event: 'event' }[kind];
  // A script of a kind is started by its own trigger: what the others have would be underlined otherwise.
  const own = trigger ? types.replace('readonly trigger: SandboxTrigger;', `readonly trigger: Extract<SandboxTrigger, { readonly type: '${trigger}' }>;`) : types;
  const typeInput = type => javascriptDefaults.addExtraLib(own.replace('readonly input: any;', () => `readonly input: ${type};`), 'file:///sandbox.d.ts');
  typeInput('any');
  const isModule = source => /^\s*(?:import|export)\b/m.test(source);
  const judge = source => javascriptDefaults.setDiagnosticsOptions({ noSemanticValidation: false, noSyntaxValidation: false, diagnosticCodesToIgnore: isModule(source) ? [] : OF_BODIES });
  judge(text);

  const model = editor.createModel(text, 'javascript', Uri.parse('file:///script.js'));
  model.updateOptions({ bracketColorizationOptions: { enabled: false, independentColorPoolPerBracketType: false } });
  const view = editor.create(holder, { ...OPTIONS, model, theme: theme(), ariaLabel: label });
  let wasModule = isModule(text);
  return {
    get text() {
      return model.getValue();
    },
    set text(value) {
      if (value !== model.getValue()) view.executeEdits('restored', [{ range: model.getFullModelRange(), text: value }]);
    },
    onChange(listener) {
      model.onDidChangeContent(() => {
        const source = model.getValue();
        if (isModule(source) !== wasModule) judge(source);
        wasModule = isModule(source);
        listener(source);
      });
    },
    /** Says what context.input is. */
    typeInput,
    /** What the server says of the source. */
    mark(problems) {
      const markers = problems.filter(problem => problem.line).map(problem => {
        const line = Math.min(problem.line, model.getLineCount());
        const column = Math.min(problem.column ?? 1, model.getLineMaxColumn(line));
        const word = model.getWordAtPosition({ lineNumber: line, column });
        return {
          severity: problem.warning ? MarkerSeverity.Warning : MarkerSeverity.Error, message: problem.message, source: 'server',
          startLineNumber: line, startColumn: column, endLineNumber: line, endColumn: word ? word.endColumn : Math.max(column + 1, model.getLineMaxColumn(line)),
        };
      });
      editor.setModelMarkers(model, 'server', markers);
    },
    reveal(line, column = 1) {
      view.revealLineInCenterIfOutsideViewport(line);
      view.setPosition({ lineNumber: line, column });
      view.focus();
    },
    keys(save, run, dry) {
      view.addCommand(KeyMod.CtrlCmd | KeyCode.KeyS, save);
      view.addCommand(KeyMod.CtrlCmd | KeyCode.Enter, run);
      view.addCommand(KeyMod.CtrlCmd | KeyMod.Shift | KeyCode.Enter, dry);
    },
    focus() {
      view.focus();
    },
    close() {
      view.dispose();
      model.dispose();
    },
  };
}

/** Shows two sources side by side, one under the other where it is narrow. Returns what closes it. */
export function compare({ holder, before, after, beforeLabel, afterLabel }) {
  const original = editor.createModel(before, 'javascript');
  const modified = editor.createModel(after, 'javascript');
  const view = editor.createDiffEditor(holder, {
    ...OPTIONS, readOnly: true, theme: theme(), renderSideBySide: true, useInlineViewWhenSpaceIsLimited: true, hideUnchangedRegions: { enabled: true },
    renderOverviewRuler: false,
  });
  // What the options of the whole say for its sides does not reach the fields that hold the focus.
  view.getOriginalEditor().updateOptions({ ariaLabel: beforeLabel });
  view.getModifiedEditor().updateOptions({ ariaLabel: afterLabel });
  view.setModel({ original, modified });
  return () => {
    view.dispose();
    original.dispose();
    modified.dispose();
  };
}
