// Testcluster is the Kubernetes control plane that the tests run against: etcd, kube-apiserver, kube-controller-manager
// and cert-manager, as the subcommands of one binary.
//
// A fake API server proves little about a rotation. What matters is decided by the real code: optimistic concurrency
// and merge patches, RBAC, the Deployment controller's verdict on a rollout, cert-manager's issuing loop. None of it is
// published as a package for every machine that runs the tests (Debian's etcd 3.4 is too old: on it every watch of
// this API server breaks), but all of it is Go modules, so it is built from source. The four share nearly all of their
// dependencies, so one binary is linked once and takes the space of one.
//
// There is no scheduler and no kubelet: the tests bring their own, so that a Pod can be told to be slow, to crash or
// never to become ready.
package main

import (
	"fmt"
	"os"
	_ "time/tzdata" // spec.timeZone and friends work on a machine without zoneinfo

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/metrics/prometheus/clientgo" // the metrics that the real binaries register
	_ "k8s.io/component-base/metrics/prometheus/version"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

const usage = "usage: testcluster etcd|kube-apiserver|kube-controller-manager|cert-manager [flags]"

// exitUsage is the exit code for a command line that names no component.
const exitUsage = 64

func main() {
	if len(os.Args) < 2 {
		refuse("no component named")
	}
	component := os.Args[1]
	// Each component parses os.Args itself and must find its own name first.
	os.Args = os.Args[1:]
	switch component {
	case "etcd":
		etcdmain.Main(os.Args)
	case "kube-apiserver":
		run(apiserver.NewAPIServerCommand())
	case "kube-controller-manager":
		run(controllermanager.NewControllerManagerCommand())
	case "cert-manager":
		run(newCertManagerCommand())
	default:
		refuse(fmt.Sprintf("no component is named %q", component))
	}
}

// run executes a component's command with the logging set-up that all Kubernetes binaries share, and ends the process.
func run(command *cobra.Command) {
	os.Exit(cli.Run(command))
}

// refuse ends the process with the reason and the usage line.
func refuse(reason string) {
	fmt.Fprintf(os.Stderr, "testcluster: %s\n%s\n", reason, usage)
	os.Exit(exitUsage)
}
