package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/cert-manager/cert-manager/pkg/controller"
	"github.com/spf13/cobra"

	// Control loops and issuers add themselves to the controller package's register on import. These are the loops that
	// carry a Certificate from its spec to its Secret, and the two issuers that need no outside service: no ACME, Vault
	// or Venafi. The webhook and the CA injector are left out, so nothing validates or defaults a resource but its schema.
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/approver"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/ca"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/selfsigned"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/issuing"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/keymanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/readiness"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/requestmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/revisionmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/trigger"
	_ "github.com/cert-manager/cert-manager/pkg/controller/clusterissuers"
	_ "github.com/cert-manager/cert-manager/pkg/controller/issuers"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/ca"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/selfsigned"
)

const (
	// workersPerLoop is cert-manager's own default.
	workersPerLoop = 5
	// The API server's own priority and fairness normally limits the client; these hold where it is switched off.
	clientQPS   = 50
	clientBurst = 100
)

// certManagerFlags are the flags of the cert-manager subcommand. They are few on purpose: everything that no test
// varies has the value that cert-manager's own binary defaults to.
type certManagerFlags struct {
	kubeconfig string
	namespace  string
	disabled   []string
	minBackoff time.Duration
	maxBackoff time.Duration
}

func newCertManagerCommand() *cobra.Command {
	var given certManagerFlags
	command := &cobra.Command{
		Use:   "cert-manager",
		Short: "Run cert-manager's control loops for CA and SelfSigned issuers",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return runCertManager(ctx, given)
		},
	}
	flags := command.Flags()
	flags.StringVar(&given.kubeconfig, "kubeconfig", "", "kubeconfig of the cluster to serve")
	flags.StringVar(&given.namespace, "cluster-resource-namespace", "cert-manager",
		"namespace that holds the Secrets of a ClusterIssuer")
	flags.StringSliceVar(&given.disabled, "disable", nil, "control loops not to run, such as certificates-issuing")
	flags.DurationVar(&given.minBackoff, "certificate-request-minimum-backoff-duration", time.Hour,
		"first wait after a failed issuance")
	flags.DurationVar(&given.maxBackoff, "certificate-request-maximum-backoff-duration", 32*time.Hour,
		"longest wait after a failed issuance")
	return command
}

// runCertManager runs every registered control loop that is not disabled until ctx ends, and says "cert-manager: ready"
// on standard error once the informers have seen the whole cluster.
func runCertManager(ctx context.Context, given certManagerFlags) error {
	known := controller.Known()
	for _, name := range given.disabled {
		if known[name] == nil {
			return fmt.Errorf("--disable: no control loop is named %q; there are %v", name, slices.Sorted(maps.Keys(known)))
		}
	}
	factory, err := controller.NewContextFactory(ctx, contextOptions(given))
	if err != nil {
		return err
	}
	shared, err := factory.Build()
	if err != nil {
		return err
	}
	loops := map[string]controller.Interface{}
	for name, construct := range known {
		if slices.Contains(given.disabled, name) {
			continue
		}
		if loops[name], err = construct(factory); err != nil {
			return fmt.Errorf("control loop %s: %w", name, err)
		}
	}
	// Constructing a loop asks the factories for informers, so they are started only now.
	shared.SharedInformerFactory.Start(ctx.Done())
	shared.KubeSharedInformerFactory.Start(ctx.Done())
	shared.HTTP01ResourceMetadataInformersFactory.Start(ctx.Done())
	shared.SharedInformerFactory.WaitForCacheSync(ctx.Done())
	shared.KubeSharedInformerFactory.WaitForCacheSync(ctx.Done())
	return runLoops(ctx, loops)
}

// runLoops runs all loops until ctx ends; a loop that ends with an error ends the others too.
func runLoops(ctx context.Context, loops map[string]controller.Interface) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var running sync.WaitGroup
	for name, loop := range loops {
		running.Go(func() {
			if err := loop.Run(workersPerLoop, ctx); err != nil {
				cancel(fmt.Errorf("control loop %s: %w", name, err))
			}
		})
	}
	fmt.Fprintln(os.Stderr, "cert-manager: ready")
	running.Wait()
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

func contextOptions(given certManagerFlags) controller.ContextOptions {
	return controller.ContextOptions{
		Kubeconfig:         given.kubeconfig,
		KubernetesAPIQPS:   clientQPS,
		KubernetesAPIBurst: clientBurst,
		IssuerOptions:      controller.IssuerOptions{ClusterResourceNamespace: given.namespace},
		CertificateOptions: controller.CertificateOptions{
			CopiedAnnotationPrefixes:                 []string{"*", "-kubectl.kubernetes.io/", "-fluxcd.io/", "-argocd.argoproj.io/"},
			CertificateRequestMinimumBackoffDuration: given.minBackoff,
			CertificateRequestMaximumBackoffDuration: given.maxBackoff,
		},
	}
}
