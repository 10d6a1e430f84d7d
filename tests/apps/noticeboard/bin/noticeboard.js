const cdk = require('aws-cdk-lib');
const lambda = require('aws-cdk-lib/aws-lambda');
const dynamodb = require('aws-cdk-lib/aws-dynamodb');
const apigateway = require('aws-cdk-lib/aws-apigateway');
const path = require('path');

class NoticeboardStack extends cdk.Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    const table = new dynamodb.Table(this, 'Notices', {
      partitionKey: { name: 'noticeId', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      removalPolicy: cdk.RemovalPolicy.DESTROY,
    });
    const board = new lambda.Function(this, 'Board', {
      runtime: lambda.Runtime.PYTHON_3_12,
      handler: 'board.handler',
      code: lambda.Code.fromAsset(path.join(__dirname, '..', 'lambda')),
      environment: { TABLE_NAME: table.tableName },
      timeout: cdk.Duration.seconds(10),
      memorySize: 256,
    });
    table.grantReadWriteData(board);
    const api = new apigateway.RestApi(this, 'BoardApi', { restApiName: 'noticeboard' });
    const integration = new apigateway.LambdaIntegration(board);
    const notices = api.root.addResource('notices');
    notices.addMethod('POST', integration);
    const notice = notices.addResource('{noticeId}');
    notice.addMethod('GET', integration);
    notice.addMethod('DELETE', integration);
    new cdk.CfnOutput(this, 'NoticesTableName', { value: table.tableName });
  }
}

const app = new cdk.App();
new NoticeboardStack(app, 'Noticeboard');
app.synth();
