// The peer of benchmarks/synth.py in CDK's own language.
const { App, Stack, Duration } = require("aws-cdk-lib");
const ecr = require("aws-cdk-lib/aws-ecr");
const iam = require("aws-cdk-lib/aws-iam");

function synthesise(repositories) {
  const app = new App({ context: { "@aws-cdk/core:stackResourceLimit": 0 }, outdir: "out" });
  const stack = new Stack(app, "Stack", { env: { account: "111111111111", region: "eu-west-1" } });
  for (let number = 0; number < repositories; number++) {
    const repository = new ecr.Repository(stack, `R${number}`, {
      repositoryName: `team/r${number}`,
      imageTagMutability: ecr.TagMutability.IMMUTABLE,
      imageScanOnPush: true,
      encryption: ecr.RepositoryEncryption.AES_256,
    });
    repository.addLifecycleRule({ tagStatus: ecr.TagStatus.UNTAGGED, maxImageAge: Duration.days(7) });
    repository.addLifecycleRule({ tagPatternList: ["v*"], maxImageCount: 50 });
    repository.addLifecycleRule({ tagPatternList: ["pr-*"], maxImageAge: Duration.days(30) });
    for (const account of ["222222222222", "333333333333"]) {
      repository.grantPull(new iam.AccountPrincipal(account));
    }
  }
  app.synth();
}

synthesise(10);
let best = Infinity;
for (let round = 0; round < 3; round++) {
  const start = process.hrtime.bigint();
  synthesise(Number(process.argv[2]));
  best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e9);
}
console.log(best);
