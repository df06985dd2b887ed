(()=>{if(window.amends?.ready)return;const{src:r,dataset:n}=document.currentScript,c=new URL("..",r).href,l=window.amends?.q||[];let d;for(const e in n)["company","lang","theme","position"].includes(e)||console.warn("amends: unknown option "+e);const a=document.createElement("a");a.dataset.amends="",a.href=c+n.company+"/new",a.textContent="Feedback";const i=(e=a)=>{const t=e.href.startsWith(c)?e.href.slice(c.length).split("/")[0]:n.company,o=(n.lang||document.documentElement.lang||"en").split("-")[0],s=()=>{location=e.href},u=setTimeout(s,1e4);import(`${c}w/form/${t}/${o}.js`).then(f=>{clearTimeout(u),d=f,d.open(n,e)}).catch(s)};document.addEventListener("click",e=>{if(e.defaultPrevented||e.ctrlKey||e.metaKey||e.shiftKey||e.altKey)return;const t=e.composedPath().find(o=>o.matches?.("a[data-amends]"));t&&(i(t),e.preventDefault())});const p={open:()=>i(),close:()=>d?.close()};window.amends=e=>p[e]?.(),amends.ready=!0;for(const[e]of l)amends(e);const m=()=>{const e=new CSSStyleSheet,t=n.position=="start"?"start":"end";e.replaceSync(`
html:has([data-amends]) > amends-launcher { display: none }
:host a {
  all: initial; position: fixed; z-index: 99999; bottom: 16px; inset-inline-${t}: 16px;
  padding: 12px 16px; border: 1px solid #fff9; font: medium/1.2 system-ui, sans-serif;
  color: #fff; background: var(--amends-accent, #15191e); cursor: pointer;
}
:host a:focus-visible { outline: 2px solid; outline-offset: -5px }
@media print { :host a { display: none } }`);const o=document.createElement("amends-launcher"),s=o.attachShadow({mode:"open"});s.adoptedStyleSheets=[e],document.adoptedStyleSheets.push(e),s.append(a),document.documentElement.append(o)};n.company&&(document.readyState=="loading"?document.addEventListener("DOMContentLoaded",m):m())})();
