process.stdout.write('there are no workflows here\n');
