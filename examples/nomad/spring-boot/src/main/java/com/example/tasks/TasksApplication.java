package com.example.tasks;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@SpringBootApplication
@RestController
public class TasksApplication {
  @Value("${tasks.greeting}")
  private String greeting;

  @GetMapping("/greeting")
  public String greeting() {
    return greeting;
  }

  public static void main(String[] args) {
    SpringApplication.run(TasksApplication.class, args);
  }
}
