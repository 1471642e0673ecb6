/// How a report looks.
enum ReportStyle {
    static let css = """
        :root { --paper: #fbfaf8; --ink: #1d1c1a; --soft: #6d6a64; --line: #e4e0d8; --card: #fff; --mark: #a3461f; color-scheme: light; }
        @media (prefers-color-scheme: dark) { :root:not([data-theme=light]) { --paper: #141414; --ink: #ece9e2; --soft: #9b978e; --line: #2e2c29; --card: #1d1c1b; --mark: #f0a27c; color-scheme: dark; } }
        :root[data-theme=dark] { --paper: #141414; --ink: #ece9e2; --soft: #9b978e; --line: #2e2c29; --card: #1d1c1b; --mark: #f0a27c; color-scheme: dark; }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.45 system-ui, "Segoe UI", Roboto, Ubuntu, sans-serif; }
        [hidden] { display: none !important; }
        .skip { position: absolute; left: -99em; }
        .skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem 1rem; z-index: 9; }
        header { position: sticky; top: 0; z-index: 3; display: flex; flex-wrap: wrap; gap: .5rem 2rem; align-items: center; justify-content: space-between; padding: .8rem clamp(1rem, 4vw, 3rem); background: var(--paper); border-bottom: 1px solid var(--line); }
        .title { min-width: 0; }
        h1 { margin: 0; font-size: 1.25rem; font-weight: 650; letter-spacing: -.01em; overflow-wrap: anywhere; }
        #count { margin: 0; color: var(--soft); font-size: .85rem; }
        #tools { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; }
        label { color: var(--soft); font-size: .85rem; }
        input, select, button { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 7px; padding: .35rem .6rem; }
        button { cursor: pointer; }
        :focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; }
        main { padding: 0 clamp(1rem, 4vw, 3rem) 4rem; }
        h2 { margin: 2.2rem 0 0; font-size: 1.5rem; font-weight: 650; letter-spacing: -.02em; }
        h3 { margin: 1.4rem 0 .6rem; font-size: .95rem; font-weight: 600; color: var(--soft); overflow-wrap: anywhere; }
        .group { content-visibility: auto; contain-intrinsic-size: auto 30rem; }
        .grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(148px, 1fr)); gap: 1rem .9rem; }
        figure { margin: 0; min-width: 0; }
        figure a { display: block; border-radius: 9px; overflow: hidden; background: color-mix(in srgb, var(--line) 55%, transparent); }
        figure.clear a { background: repeating-conic-gradient(#8883 0 25%, transparent 0 50%) 0 0/16px 16px; }
        figure img { display: block; width: 100%; aspect-ratio: 1; height: auto; object-fit: contain; transition: transform .2s; }
        figure a:hover img { transform: scale(1.03); }
        figcaption { display: flex; justify-content: space-between; gap: .5rem; padding: .3rem .1rem 0; font-size: .82rem; }
        figcaption span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        figcaption b { font-weight: 500; color: var(--soft); font-variant-numeric: tabular-nums; }
        em { color: var(--mark); font-style: normal; }
        #nothing { margin: 3rem 0; color: var(--soft); text-align: center; }
        #plan { position: fixed; z-index: 5; width: min(26rem, 92vw); max-height: 60vh; overflow: hidden; padding: .7rem .9rem; background: var(--card); border: 1px solid var(--line); border-radius: 9px; box-shadow: 0 8px 30px #0003; pointer-events: none; font-size: .8rem; }
        dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .15rem .8rem; margin: 0; }
        dt { color: var(--soft); }
        dd { margin: 0; overflow-wrap: anywhere; }
        dialog { width: min(1100px, 96vw); max-width: none; max-height: 94vh; padding: 0; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
        dialog[open] { display: grid; grid-template-columns: minmax(0, 1.25fr) minmax(17rem, 1fr); }
        dialog::backdrop { background: #000a; }
        .stage { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; align-items: center; gap: .4rem; padding: .6rem; }
        .stage img { width: 100%; max-height: 86vh; object-fit: contain; border-radius: 6px; }
        .stage button { border: 0; background: none; font-size: 1.8rem; padding: .2rem .5rem; }
        .words { padding: 1.1rem 1.2rem; overflow: auto; max-height: 94vh; font-size: .85rem; border-left: 1px solid var(--line); }
        .words h2 { margin: 0 0 .8rem; font-size: 1.05rem; overflow-wrap: anywhere; }
        pre { margin: 1rem 0; padding: .7rem .8rem; background: var(--paper); border: 1px solid var(--line); border-radius: 7px; white-space: pre-wrap; overflow-wrap: anywhere; font: .8rem/1.5 ui-monospace, "DejaVu Sans Mono", Menlo, monospace; }
        a { color: var(--mark); }
        @media (max-width: 720px) {
          header { position: static; }
          #tools { width: 100%; }
          #tools label:first-child { flex: 1 1 100%; display: flex; gap: .5rem; align-items: center; }
          #search { flex: 1; min-width: 0; }
          .grid { grid-template-columns: repeat(auto-fill, minmax(104px, 1fr)); gap: .8rem .6rem; }
          dialog[open] { display: block; overflow: auto; }
          .stage img { max-height: 56vh; }
          .words { border-left: 0; border-top: 1px solid var(--line); max-height: none; }
        }
        @media (prefers-reduced-motion: reduce) { figure img { transition: none; } }
        @media print { header form, #plan { display: none; } .group { content-visibility: visible; } }
        """
}
