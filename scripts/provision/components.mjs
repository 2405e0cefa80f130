// The table of everything that can be provisioned. A component is:
//
//   name, version   as they are printed and asked for
//   key             changes whenever the finished folder would be another one
//   files           what others use of it: name -> path inside its folder (a link to a file elsewhere counts)
//   expect          how long it takes, for the line that is printed before a long wait
//   problem()       why it cannot be had on this machine, or undefined
//   build(work)     fills work.folder; work.scratch is for everything else, work.run runs a tool
import { openbao } from './openbao.mjs';
import { testcluster } from './testcluster.mjs';

export const components = [openbao, testcluster];
