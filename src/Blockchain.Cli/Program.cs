using Blockchain.Cli;

return await CommandLine.RunAsync(args);
