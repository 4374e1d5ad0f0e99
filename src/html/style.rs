//! What every entry page looks like; the lengths of its own paper come on top of it ([`super::geometry`]).

/// One accent, the blue of official stationery; text and signs keep a contrast of 4.5 : 1 and more (WCAG 2.2, 1.4.3).
///
/// `field-sizing` makes a text as high as what is in it; where a browser does not know it, the script does, and else it scrolls.
pub const STYLE: &str = r#":root{--ink:#1d2129;--soft:#5a6270;--line:#d4d9e0;--wash:#eef1f5;--accent:#1a569d;--rule:#1d2129;--tint:#f3f7fc;--wrong:#a8201a;--doubt:#8a5300;--mm:1mm}
*{box-sizing:border-box}
[hidden]{display:none!important}
html{scroll-padding:6rem 1rem;color-scheme:light}
body{margin:0;background:var(--wash);color:var(--ink);font:16px/1.6 "Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei","FW Sans SC",system-ui,sans-serif}
header,.problems{max-width:60rem;margin:0 auto;padding:1.25rem 1.5rem .25rem}
header h1{margin:0;font-size:1.4rem;line-height:1.35}
header p{margin:.25rem 0 0;color:var(--soft)}
.problems{margin:1rem auto 0;padding:.9rem 1.25rem 1rem;border:1px solid var(--line);border-left:4px solid var(--wrong);border-radius:6px;background:#fff}
.problems.fine{border-left-color:var(--accent)}
.problems h2{margin:0;font-size:1.05rem}
.problems ul{margin:.4rem 0 0;padding:0;list-style:none}
.problems li{padding:.15rem 0 .15rem 1.4em;text-indent:-1.4em}
.problems a{color:var(--accent)}
footer{position:sticky;bottom:0;z-index:4;display:flex;flex-wrap:wrap;gap:.6rem;align-items:center;justify-content:center;padding:.75rem 1rem;border-top:1px solid var(--line);background:#fff}
footer p,.said-now{margin:0;color:var(--soft)}
button{min-height:2.75rem;padding:.4rem 1.1rem;border:1px solid var(--accent);border-radius:6px;background:#fff;color:var(--accent);font:inherit;cursor:pointer}
button.main{background:var(--accent);color:#fff;font-weight:600}
button.minor{border-color:var(--line);color:var(--soft)}
button:hover{box-shadow:inset 0 0 0 1px var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.desk{overflow-x:auto;padding:1.25rem 1.5rem}
.sheet{position:relative;margin:0 auto;background:#fff;box-shadow:0 1px 3px rgba(29,33,41,.18),0 6px 18px rgba(29,33,41,.08)}
.band{position:relative;display:flow-root}
table{border-collapse:collapse;table-layout:fixed}
th,td{position:relative;padding:0;font-weight:400;vertical-align:middle}
.in{position:relative;display:grid;width:100%;height:100%;align-content:center}
.fill{align-content:stretch}
.box,.para{position:absolute;margin:0}
.box{display:grid}
.inline{position:relative;display:inline-grid;vertical-align:middle;margin:-.2em 0}
.para{white-space:pre;font-weight:400}
.para .ln{display:block}
.from-left{text-align:left}
.from-middle{transform:translateX(-50%);text-align:center}
.from-right{transform:translateX(-100%);text-align:right}
.label .ln{display:block;text-wrap:balance}
.label .keep{white-space:nowrap}
.label.upright{writing-mode:vertical-rl;justify-self:center}
.spread{margin:0 auto;max-width:100%;white-space:nowrap;text-align-last:justify}
.left{text-align:left}.centre{text-align:center}.right{text-align:right}.justify{text-align:justify}
.song{font-family:SimSun,宋体,"Songti SC",STSong,"Noto Serif CJK SC","Source Han Serif SC","FW Serif SC",HanaMinB,"FW Rare GH",serif}
.fang{font-family:仿宋_GB2312,FangSong_GB2312,FangSong,仿宋,STFangsong,FandolFang,"Noto Serif CJK SC","FW Serif SC",HanaMinB,"FW Rare GH",serif}
.hei{font-family:SimHei,黑体,"Heiti SC",STHeiti,"Noto Sans CJK SC","Source Han Sans SC","FW Sans SC",sans-serif}
.xbs{font-family:方正小标宋简体,FZXiaoBiaoSong-B05S,方正小标宋_GBK,FZXiaoBiaoSong-B05,"Source Han Serif SC","Noto Serif CJK SC","FW Serif SC",SimSun,serif;font-weight:700}
.said{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.entry{background:var(--tint);cursor:text}
.entry:hover{background:#e6eff9}
.entry:focus-within{z-index:3;outline:2px solid var(--accent);outline-offset:-1px;background:#fff}
.entry input,.entry textarea,.entry select{display:block;width:100%;min-width:0;margin:0;padding:0;border:0;border-radius:0;outline:0;background:none;color:inherit;font:inherit;line-height:inherit;text-align:inherit}
.entry.middle>*{align-self:center}
.entry.top>*{align-self:stretch}
.entry select{appearance:none;text-align-last:center;cursor:pointer}
.entry textarea{resize:none;overflow-wrap:anywhere;white-space:pre-wrap;field-sizing:content;max-width:100%}
.entry.box textarea{field-sizing:fixed;height:100%;overflow:auto}
.entry input[type=checkbox]{width:1.1em;height:1.1em;margin:auto;accent-color:var(--accent)}
.entry ::placeholder{color:#5f6775;opacity:1}
.entry input::-webkit-calendar-picker-indicator{margin:0;padding:0}
.inline.entry input{width:calc(100% + .5em);margin-right:-.5em}
.inline.entry{border-bottom:1px solid var(--soft)}
.inline.entry input[type=checkbox]{width:1em;height:1em;margin:auto}
.inline.entry:has(input[type=checkbox]){border-bottom:0}
.echo{align-content:center;overflow-wrap:anywhere;white-space:pre-wrap;color:var(--ink)}
.inline.echo{overflow:hidden;white-space:pre;text-overflow:ellipsis}
.sign{border:1px dashed #9aa3b0}.seal{border:1px dashed #9aa3b0;border-radius:50%}
.sign,.seal{pointer-events:none}
.photo .frame{position:absolute;inset:0;display:grid;overflow:hidden;border:1px dashed #9aa3b0;background:var(--tint);cursor:pointer}
.photo .frame>*{grid-area:1/1}
.photo img{width:100%;height:100%;min-height:0;object-fit:cover;background:#fff}
.photo .none{place-self:center;text-align:center}
.photo img~.none{display:none}
.photo input[type=file]{align-self:end;width:100%;min-width:0;padding:.3em;background:rgba(255,255,255,.9);font:13px/1.4 system-ui,sans-serif}
.js .photo input[type=file]{align-self:stretch;opacity:0;cursor:pointer}
.photo .frame:focus-within{outline:3px solid var(--accent);outline-offset:-1px}
.drop{position:absolute;right:0;bottom:0;z-index:1;display:flex;gap:.25em;align-items:center;padding:.15em .5em;background:rgba(255,255,255,.92);font:13px/1.5 system-ui,sans-serif}
.wrong{box-shadow:inset 0 0 0 2px var(--wrong)}.doubtful{box-shadow:inset 0 0 0 2px var(--doubt)}
.wrong::after,.doubtful::after{position:absolute;top:0;right:1px;color:var(--wrong);font:700 12px/1.3 system-ui,sans-serif;content:"✕"}
.doubtful::after{color:var(--doubt);content:"▲"}
.entry:has(:user-invalid){box-shadow:inset 0 0 0 2px var(--wrong)}
.note{position:absolute;top:100%;left:0;z-index:5;display:none;min-width:14rem;max-width:22rem;padding:.5rem .75rem;border-radius:6px;background:#1d2129;color:#fff;font:14px/1.5 "Noto Sans CJK SC","PingFang SC","Microsoft YaHei","FW Sans SC",system-ui,sans-serif;text-align:left;white-space:pre-line}
.entry:focus-within .note,.entry:hover .note,.photo:focus-within .note,.photo:hover .note{display:block}
@media(max-width:48rem){header{padding:1rem 1.5rem 0}.desk{padding:1rem 1.5rem}footer{gap:.4rem}button{padding:.4rem .8rem}}
@media print{html,body,.entry,.entry:hover,.photo .frame{background:none}header,footer,.problems,.note,.drop{display:none!important}.desk{padding:0;overflow:visible}.sheet{box-shadow:none;break-after:page}.desk:last-child .sheet{break-after:auto}.wrong,.doubtful,.entry:has(:user-invalid){box-shadow:none}.wrong::after,.doubtful::after{content:none}.sign,.seal{border:0}.photo .frame{border:0}.photo input[type=file]{display:none}.inline.entry{border:0}}
"#;
